"""The looks of one exercise in a notebook's output, element by element.

JupyterLab, VS Code and Colab each strip or scope style sheets in their own way, and each has its own idea of dark. So
text takes the colour it finds, lines and grounds are see-through, and a colour of ours only stands behind white.
"""

from __future__ import annotations

SEE_THROUGH = "rgba(127,127,127,.13)"
LINE = "1px solid rgba(127,127,127,.32)"
MONO = "ui-monospace,'SF Mono','Cascadia Mono',Consolas,'DejaVu Sans Mono',monospace"
FAINT = "opacity:.78;"

STYLES = {
    "frame": "max-width:46rem;line-height:1.6;font-size:14px;"
    "font-family:system-ui,-apple-system,'Segoe UI','Hiragino Sans','Noto Sans JP','Noto Sans CJK JP',sans-serif;",
    "exercise": f"border:{LINE};border-radius:10px;padding:12px 16px;margin:4px 0;",
    "head": "display:flex;justify-content:space-between;align-items:baseline;gap:12px;",
    "title": "font-size:16px;font-weight:650;margin:0;line-height:1.4;",
    "score": "margin:0;font-weight:650;white-space:nowrap;",
    "muted": "margin:8px 0 0;",
    "findings": "list-style:none;margin:8px 0 0;padding:0;",
    "finding": f"border-top:{LINE};padding:8px 0;margin:0;list-style:none;",
    "line": "display:flex;align-items:baseline;gap:10px;",
    "mark": "display:inline-flex;flex:none;align-items:center;justify-content:center;width:18px;height:18px;"
    "border-radius:50%;font-size:11px;font-weight:700;line-height:1;",
    "mark good": "background:#1a7a45;color:#fff;",
    "mark bad": "background:#c02f36;color:#fff;",
    "mark person": "background:#1d6a93;color:#fff;",
    "mark quiet": f"border:{LINE};box-sizing:border-box;",
    "check": "flex:1;margin:0;font-size:14px;font-weight:400;line-height:1.55;",
    "check bad": "font-weight:650;",
    "check quiet": FAINT,
    "worth": f"white-space:nowrap;font-size:13px;{FAINT}",
    "remark": f"border-left:3px solid #b8923a;padding:4px 0 4px 12px;margin:8px 0 0;background:{SEE_THROUGH};",
    "quote": f"margin:4px 0;white-space:pre-wrap;font:13px/1.5 {MONO};{FAINT}",
    "body": "margin:4px 0 0 28px;",
    "said": "margin:6px 0 0;white-space:pre-line;",
    "label": f"font-size:12px;font-weight:650;margin-right:6px;{FAINT}",
    "place": "margin:6px 0 0;",
    "code": f"margin:4px 0 0;padding:7px 11px;border-left:3px solid #e5484d;background:{SEE_THROUGH};"
    f"font-family:{MONO};font-size:13px;white-space:pre-wrap;color:inherit;",
    "number": f"display:inline-block;min-width:1.5em;margin-right:1em;{FAINT}",
    "figure": f"margin:10px 0 0;padding:10px 12px;border-radius:8px;background:{SEE_THROUGH};",
    "caption": "font-size:13px;font-weight:600;margin:0;padding:0;text-align:left;",
    "panels": "display:flex;flex-wrap:wrap;gap:12px 22px;margin-top:6px;",
    "above": f"font-size:12px;{FAINT}",
    "notes": f"font-size:12px;line-height:1.5;margin:8px 0 0;{FAINT}",
    "step": f"border:{LINE};border-radius:8px;margin:8px 0 0;",
    "step inner": "border-width:1px 0 0;border-radius:0;margin:0;",
    "summary": "padding:6px 12px;font-weight:600;cursor:pointer;display:list-item;",
    "hint": "margin:0;padding:0 12px 10px;",
}
