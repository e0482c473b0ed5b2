"""Notice-board posters 公示张贴件: Typst sources, glyph check, rendering, QR codes."""
