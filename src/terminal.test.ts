// What a terminal is shown.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { escapeJson, escapeLines, escapeText, formatParts, inColour } from './terminal.ts'

describe('what a terminal would obey or hide is escaped', () => {
  test.each([
    ['a\u001b[2J', 'a\\u{1b}[2J', 'an escape sequence'],
    ['a\u009b2J', 'a\\u{9b}2J', 'the same in one character (C1)'],
    ['\u001b]52;c;aGk=\u0007', '\\u{1b}]52;c;aGk=\\u{7}', 'the clipboard'],
    ['l1\r\nFAKE row', 'l1\\u{d}\\u{a}FAKE row', 'a line of its own'],
    ['l1\u2028l2\u2029l3\u0085', 'l1\\u{2028}l2\\u{2029}l3\\u{85}', 'other line ends'],
    ['a\tb', 'a\\u{9}b', 'a tab'],
    ['abc\u202etxt.exe', 'abc\\u{202e}txt.exe', 'a change of direction'],
    ['a\u2066b\u2069', 'a\\u{2066}b\\u{2069}', 'an isolate'],
    ['ad\u200bmin\u00ad\ufeff', 'ad\\u{200b}min\\u{ad}\\u{feff}', 'characters without width'],
    ['\u3164', '\\u{3164}', 'a letter that looks like nothing'],
    ['\u{e0041}', '\\u{e0041}', 'a tag'],
    ['\ud800x', '\\u{d800}x', 'half a character'],
    ['\u007f', '\\u{7f}', 'delete'],
    ['Zoë 李 🙂 \\ x', 'Zoë 李 🙂 \\ x', 'what is harmless'],
  ])('%j → %s (%s)', (text, right) => {
    expect(escapeText(text)).toBe(right)
    expect(escapeText(escapeText(text))).toBe(right)
  })

  test('nothing of the kind is left of any text, in lines, colours and JSON', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    const danger = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/
    const text = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) })
    fc.assert(
      fc.property(text, (one) => {
        expect(escapeText(one)).not.toMatch(danger)
        expect(escapeText(one)).not.toContain('\n')
        expect(escapeLines(one)).not.toMatch(danger)
        expect(formatParts([one, inColour(31, one)], false)).toBe(escapeText(one) + escapeText(one))
        const json = escapeJson(JSON.stringify({ [one]: one }, null, 2))
        expect(json).not.toMatch(danger)
        expect(JSON.parse(json)).toEqual({ [one]: one })
      }),
    )
  })
})
