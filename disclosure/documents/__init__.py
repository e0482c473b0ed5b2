"""Documents 政策与宣传: policies, guides, publicity, telephones and helpers, with their files."""
