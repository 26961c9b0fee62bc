// Colours of a vendor: how they are written, and how well white text reads on them.

/** Whether a text is a colour like `#1f4fd8`. */
export function isColour(text: string): boolean {
  return /^#[\da-f]{6}$/i.test(text)
}

/** How well white text reads on a colour: 1 to 21. WCAG 2.2, contrast ratio. */
export function contrastWithWhite(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
    linear(Number.parseInt(colour.slice(at, at + 2), 16) / 255),
  )
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
  return 1.05 / (luminance + 0.05)
}

/** The light of a channel. sRGB, as WCAG 2.2 writes it. */
function linear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
}
