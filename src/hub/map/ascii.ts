// Spells text in ASCII, as user names and addresses need it.

/** Letters that don't come apart into a plain one and an accent. */
const SPELT: { readonly [letter: string]: string } = {
  ß: 'ss',
  ẞ: 'SS',
  æ: 'ae',
  Æ: 'AE',
  œ: 'oe',
  Œ: 'OE',
  ø: 'o',
  Ø: 'O',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  Ð: 'D',
  þ: 'th',
  Þ: 'Th',
  ł: 'l',
  Ł: 'L',
  ħ: 'h',
  Ħ: 'H',
  ŧ: 't',
  Ŧ: 'T',
  ı: 'i',
  ĸ: 'k',
  ŋ: 'n',
  Ŋ: 'N',
  ə: 'e',
  Ə: 'E',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '–': '-',
  '—': '-',
}

const GERMAN: { readonly [letter: string]: string } = { ä: 'ae', ö: 'oe', ü: 'ue', Ä: 'Ae', Ö: 'Oe', Ü: 'Ue' }

/** Text in ASCII: without accents, ligatures spelt out; what has no ASCII form is left out. In `de`, ä, ö and ü become ae, oe and ue. */
export function asciiOf(text: string, language?: 'de'): string {
  if (/^[\0-\x7f]*$/.test(text)) return text
  const composed = text.normalize('NFC')
  const spelt = composed.replace(
    /[^\0-\x7f]/gu,
    (letter) => (language === 'de' ? GERMAN[letter] : undefined) ?? SPELT[letter] ?? letter,
  )
  return spelt.normalize('NFKD').replace(/[^\0-\x7f]/gu, '')
}
