"""Flask, no domain: login, guards, forms, error pages, filters, the page server."""
