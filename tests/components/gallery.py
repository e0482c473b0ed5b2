"""Writes the sample pages as HTML files: ``python -m tests.components.gallery FOLDER``."""

import shutil
import sys
from pathlib import Path
from types import SimpleNamespace as Value

from tests.components import sample_data
from tests.components.rendering import ROOT, make_app, render_page

SAMPLES = Path(__file__).with_name("samples")

STAFF = Value(name="马晓兰", role="clerk", unit=Value(name="原州区官厅镇民政办"))
NAVIGATION = [
    Value(label="首页", url="#", current=False),
    Value(label="待发布名单", url="#", current=True),
    Value(label="投诉与求助", url="#", current=False),
    Value(label="显示设备", url="#", current=False),
    Value(label="操作记录", url="#", current=False),
]


def write(folder: Path) -> list[Path]:
    """Write the gallery into ``folder`` and return the files, one for each page and language."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(ROOT / "portal" / "static", folder / "static", dirs_exist_ok=True)
    templates = {path.name: path.read_text("utf-8") for path in SAMPLES.glob("*.html")}
    app = make_app(templates)
    app.jinja_env.globals.update(
        {name: value for name, value in vars(sample_data).items() if name.isupper()}
    )
    written = []
    for name in sorted(templates):
        for locale in ("zh_Hans", "en"):
            desk = name.startswith("desk_")
            body = render_page(
                app,
                name,
                locale,
                track=sample_data.TrackForm(),
                track_failed=sample_data.failed(sample_data.TrackForm),
                story=sample_data.StoryForm(),
                story_failed=sample_data.failed(sample_data.StoryForm),
                login=sample_data.LoginForm(),
                current_user=STAFF if desk and name != "desk_login.html" else None,
                desk_nav=NAVIGATION if desk and name != "desk_login.html" else (),
            )
            path = folder / (name if locale == "zh_Hans" else f"en-{name}")
            path.write_text(body, "utf-8")
            written.append(path)
    return written


if __name__ == "__main__":
    written = write(Path(sys.argv[1]))
    sys.stdout.write("".join(f"{page}\n" for page in written))
