"""Whether one can read what is on a page, and whether it fits."""

from __future__ import annotations

from playwright.sync_api import Locator

# Each piece of text in sight whose contrast with what is behind it is too low: that of WCAG's level AA for large text,
# since the colours are the theme's, whose own white on blue is no better.
_FAINT = """root => {
  const parts = colour => {
    const found = colour.match(/[\\d.]+/g).map(Number);
    const scale = colour.startsWith('color(srgb') ? 255 : 1;
    return [...found.slice(0, 3).map(part => part * scale), found[3] ?? 1];
  };
  const over = (top, below) => [0, 1, 2].map(at => top[at] * top[3] + below[at] * (1 - top[3]));
  const behind = element => {
    const layers = [];
    for (; element; element = element.parentElement) {
      layers.push(parts(getComputedStyle(element).backgroundColor));
      if (layers.at(-1)[3] === 1) break;
    }
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255]);
  };
  const brightness = colour => {
    const [red, green, blue] = colour.map(part => part / 255)
      .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const faint = [];
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const element = text.parentElement;
    const drawn = element instanceof SVGElement;
    if (!text.data.trim() || element.closest(':disabled, option, style') || !element.checkVisibility()) continue;
    const back = behind(element);
    const ink = parts(drawn ? getComputedStyle(element).fill : getComputedStyle(element).color);
    const [dark, bright] = [brightness(over(ink, back)), brightness(back)].sort((one, other) => one - other);
    const contrast = (bright + 0.05) / (dark + 0.05);
    if (contrast < 3) faint.push(`${text.data.trim().slice(0, 40)}: ${contrast.toFixed(1)}`);
  }
  return faint;
}"""


def faint_texts(root: Locator) -> list[str]:
    """What can hardly be read, each with its contrast."""
    found: list[str] = root.evaluate(_FAINT)
    return found


def hidden_width(box: Locator) -> int:
    """By how many pixels what is in it is wider than the box."""
    return int(box.evaluate("box => box.scrollWidth - box.clientWidth"))
