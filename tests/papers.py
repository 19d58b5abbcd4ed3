"""Pictures of every paper that is made here, ordinary and hardest: `make papers` writes them with sheets to look at."""

import subprocess
import sys
from pathlib import Path

from PIL import Image

from tests.helpers.products import HARDEST, made_here, product_cases

DPI, COLUMNS = 60, 5


def draw_papers(folder: Path) -> int:
    """Write PDF and PNG of each product into a folder, and a sheet of each kind of data; return how many."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn: dict[str, list[Path]] = {kind: [] for kind in ("ordinary", *HARDEST)}
    for name, code, _given in product_cases():
        for kind in drawn if name.endswith("-everyday") else ():
            for product, _data, pdf in made_here(code, {}, kind):
                stem = folder / f"{kind}-{code}-{product['key']}"
                stem.with_suffix(".pdf").write_bytes(pdf)
                subprocess.run(["pdftoppm", "-r", str(DPI), "-png", f"{stem}.pdf", str(stem)], check=True)
                drawn[kind] += sorted(folder.glob(f"{stem.name}-*.png"))
    for kind, pictures in drawn.items():
        _sheet(pictures).save(folder / f"lembar-{kind}.png")
    return sum(map(len, drawn.values()))


def _sheet(pictures: list[Path]) -> Image.Image:
    pages = [Image.open(path).convert("RGB") for path in pictures]
    wide, high = max(page.width for page in pages) + 6, max(page.height for page in pages) + 6
    sheet = Image.new("RGB", (COLUMNS * wide, -(-len(pages) // COLUMNS) * high), "grey")
    for place, page in enumerate(pages):
        sheet.paste(page, (place % COLUMNS * wide, place // COLUMNS * high))
    return sheet


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "build/papers")
    print(f"{draw_papers(target)} halaman di {target}")
