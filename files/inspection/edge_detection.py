"""Edge detection: guesses whether a photo crops the document. It only warns, and only in clear cases."""

from itertools import groupby, pairwise

from PIL import Image

SCALED_SIDE = 160  # pixels of the longer side of the copy on which paper and table are separated
MIN_CONTRAST = 70  # levels between paper and table; below it there may be no table in the picture
MIN_FILL = 0.9  # share of the bounding box that is paper: shadows and curtains are less rectangular
MIN_TOUCHING, MAX_CLEAR = 0.3, 0.02  # share of a side that is paper where it is cropped, and where it is not
PAPER_AREA = (0.15, 0.9)  # share of the picture that a paper with visible edges takes

STRIP_WIDTH = 8  # pixels along each side of the large copy that are searched for writing
INK_CONTRAST = 40  # levels that writing is darker than its paper
STROKE_WIDTH = (5, 0.04)  # a stroke across a strip: at least this many pixels, at most this share of the side
MIN_STROKES = 5  # cropped writing crosses the side several times
MIN_PAPER_SHARE = 0.4  # of the strip is paper
SIDES = 4


def is_cropped(grey: Image.Image) -> bool:
    """Return whether the picture `grey` crops the paper or the writing on it."""
    return _is_paper_cropped(grey) or _is_writing_cropped(grey)


def _strips(picture: Image.Image, wide: int) -> list[Image.Image]:
    """Return strips along the four sides: left, top, right, bottom."""
    width, height = picture.size
    right, bottom = (width - wide, 0, width, height), (0, height - wide, width, height)
    boxes = ((0, 0, wide, height), (0, 0, width, wide), right, bottom)
    return [picture.crop(box) for box in boxes]


def _is_paper_cropped(grey: Image.Image) -> bool:
    """Detect a bright, rectangular area on a dark table that touches one side and not the opposite one."""
    small = grey.copy()
    small.thumbnail((SCALED_SIDE, SCALED_SIDE), Image.Resampling.BOX)
    level, difference = _threshold(small)
    if difference < MIN_CONTRAST or min(small.size) < SCALED_SIDE // 4:
        return False
    paper = small.point(lambda value: 255 if value > level else 0)
    box = paper.getbbox()
    if box is None:
        return False
    share, inside = _white(paper), _white(paper.crop(box))
    if not PAPER_AREA[0] <= share <= PAPER_AREA[1] or inside < MIN_FILL:
        return False
    touching = [_white(strip) for strip in _strips(paper, 2)]
    return any(
        touching[side] >= MIN_TOUCHING and touching[(side + 2) % SIDES] <= MAX_CLEAR and _ends_on_both(touching, side)
        for side in range(SIDES)
    )


def _ends_on_both(touching: list[float], side: int) -> bool:
    """Return whether the paper ends before at least one of the adjacent sides."""
    return min(touching[(side + 1) % SIDES], touching[(side + 3) % SIDES]) <= MAX_CLEAR


def _white(mask: Image.Image) -> float:
    return mask.histogram()[255] / (mask.width * mask.height)


def _threshold(grey: Image.Image) -> tuple[int, float]:
    """Return Otsu's threshold between dark and bright, and the difference of their means."""
    histogram, best, found = grey.histogram(), -1.0, (0, 0.0)
    total, weighted = sum(histogram), sum(level * count for level, count in enumerate(histogram))
    dark = dark_sum = 0
    for level, count in enumerate(histogram):
        dark, dark_sum = dark + count, dark_sum + level * count
        if not dark or dark == total:
            continue
        apart = (weighted - dark_sum) / (total - dark) - dark_sum / dark
        if (score := dark * (total - dark) * apart**2) > best:
            best, found = score, (level, apart)
    return found


def _is_writing_cropped(grey: Image.Image) -> bool:
    """Detect writing across one or two sides; across three or four it is the pattern of a cloth or of tiles."""
    if min(grey.size) < SCALED_SIDE:
        return False
    crossed = [_count_strokes(strip) >= MIN_STROKES for strip in _strips(grey, STRIP_WIDTH)]
    return 1 <= sum(crossed) <= 2


def _count_strokes(strip: Image.Image) -> int:
    """Count the strokes that the strip crosses; 0 where it isn't mostly paper."""
    long = max(strip.size)
    levels = strip.resize((1, long) if strip.height == long else (long, 1), Image.Resampling.BOX).tobytes()
    paper = sorted(levels)[long * 9 // 10]
    darker = groupby(level < paper - INK_CONTRAST for level in levels)
    runs = [(ink, len(list(group))) for ink, group in darker]
    blank = sum(length for ink, length in runs if not ink)
    if blank < MIN_PAPER_SHARE * long:
        return 0
    inner = [length for (ink, length), _ in pairwise(runs) if ink]
    return sum(STROKE_WIDTH[0] <= length <= STROKE_WIDTH[1] * long for length in inner)
