"""Components 页面构件: each is rendered alone, and sample pages show them together."""
