"""Report -> text. Renderers are plain functions of one report: they open nothing, print nothing and decide nothing."""
