"""Page comparison: says whether two drawings of a page show the same. It finds small losses, not small shifts.

Both are drawn by the same program in grey, so that whatever stayed is drawn alike but for a fraction of a pixel. A mean
over the page would miss a vanished tick, and single pixels differ at every edge that moved a little: what counts is the
mean of each small window, in which a moved edge keeps its ink and a vanished stroke doesn't.
"""

from PIL import Image, ImageChops, ImageFilter

SCALE = 96 / 72  # pixels a point: a stroke of half a point is most of a pixel wide
MAX_PIXELS = 2.5 * 10**6  # of a drawing: larger pages are drawn coarser
WINDOW_RADIUS = 2  # pixels: windows of five by five
MAX_DIFFERENCE = 12  # levels of a window's mean; a black stroke of half a pixel through it makes 25


def comparison_scale(size: tuple[float, float]) -> float:
    """Return the pixels a point at which a page of `size` (points) is compared."""
    return min(SCALE, (MAX_PIXELS / max(size[0] * size[1], 1.0)) ** 0.5)


def is_same(one: Image.Image, two: Image.Image) -> bool:
    """Return whether both drawings, in grey, show the same."""
    if one.size != two.size:
        return False
    box = ImageChops.difference(one, two).getbbox()
    if box is None:
        return True
    edge = 2 * WINDOW_RADIUS
    around = (max(0, box[0] - edge), max(0, box[1] - edge), box[2] + edge, box[3] + edge)
    around = (*around[:2], min(around[2], one.width), min(around[3], one.height))
    window = ImageFilter.BoxBlur(WINDOW_RADIUS)
    means = (drawing.crop(around).filter(window) for drawing in (one, two))
    return not any(ImageChops.difference(*means).histogram()[MAX_DIFFERENCE + 1 :])
