"""The shell of the transparency portal, and the ground that everything stands on."""
