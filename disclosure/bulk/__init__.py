"""Bulk approval 批量审批: many lists in one sitting, each approved by what was looked at."""
