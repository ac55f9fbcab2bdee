/** Colours are the style sheet's custom properties, so that one place says what is light and what is dark. */

const known = new Map<string, string>();
const scheme = matchMedia('(prefers-color-scheme: dark)');

export function colour(name: string): string {
  let value = known.get(name);
  if (value === undefined) {
    value = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
    known.set(name, value);
  }
  return value;
}

export function onThemeChange(redraw: () => void): void {
  scheme.addEventListener('change', () => {
    known.clear();
    redraw();
  });
}
