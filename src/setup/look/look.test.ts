// Tests for what a vendor gives of its looks: logos written anew, colours that can be read on.

import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { environment } from '../../environment.ts'
import { memoryStore } from '../../store/index.ts'
import { contrastWithWhite } from './colour.ts'
import { LOGO_BYTES, readLogo, toBase64 } from './logo.ts'
import { createPageSettings } from './page-settings.ts'
import { rewriteSvg } from './svg.ts'

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8z" fill="#15703f"/></svg>'

test('a picture of shapes stays as it is', () => {
  expect(rewriteSvg(SVG)).toBe(SVG)
  expect(rewriteSvg(`<?xml version="1.0"?><!-- made by hand -->\n${SVG}`)).toBe(SVG)
})

test.each([
  ['a script', `<svg><script>alert(1)</script><path d="M0 0"/></svg>`],
  ['a handler', `<svg onload="alert(1)"><path d="M0 0" onclick='x()'/></svg>`],
  [
    'a page inside',
    '<svg><foreignObject><body xmlns="x"><img src="https://elsewhere.example"/></body></foreignObject></svg>',
  ],
  [
    'a picture from elsewhere',
    '<svg><image href="https://elsewhere.example/x.png"/><use xlink:href="https://elsewhere.example#x"/></svg>',
  ],
  [
    'a style from elsewhere',
    '<svg><style>@import url(https://elsewhere.example)</style><path style="fill:url(https://elsewhere.example)" fill="url(https://elsewhere.example#a)"/></svg>',
  ],
  ['an address that runs', '<svg><use href="javascript:alert(1)"/></svg>'],
  ['a reference in disguise', '<svg><use href="&#106;avascript:alert(1)"/></svg>'],
])('%s is left out', (_what, text) => {
  const left = rewriteSvg(text) ?? ''
  expect(left).toMatch(/^<svg xmlns="[^"]*">/)
  expect(left).not.toMatch(/script|onload|onclick|elsewhere|foreign|javascript|import|style|&#/i)
})

test.each([
  ['an entity', '<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>'],
  ['a page', '<html><svg/></html>'],
  ['two pictures', '<svg/><svg/>'],
  ['one that never ends', '<svg><path d="'],
  ['one that ends twice', '<svg></svg></svg>'],
  ['nothing', ''],
])('%s is no picture', (_what, text) => {
  expect(rewriteSvg(text)).toBeUndefined()
})

test('nothing that runs or loads comes through, whatever it is put together from', () => {
  const piece = fc.constantFrom(
    '<svg',
    '<script',
    '>',
    '/>',
    '</svg>',
    '</script>',
    ' onload="x"',
    ' href="',
    'https://e.example',
    '"',
    "'",
    '<!--',
    '-->',
    '<path d=',
    '<style>',
    '&',
    '=',
    ' ',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const left = rewriteSvg(pieces.join(''))
      if (left !== undefined) expect(left).not.toMatch(/<script|<style|\sonload=|href="https/)
    }),
  )
})

/** A picture of one pixel with a text that says who made it. */
function png(width = 1): Uint8Array {
  const chunk = (name: string, data: Buffer) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(data.length)
    return Buffer.concat([length, Buffer.from(name), data, Buffer.alloc(4)])
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(1, 4)
  head.set([8, 2, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk('IHDR', head),
    chunk('tEXt', Buffer.from('Author\0somebody@secret.example')),
    chunk('IDAT', deflateSync(Buffer.from([0, 1, 2, 3]))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

test('a PNG keeps its picture, and not who made it', () => {
  const { type, bytes } = readLogo(png())
  expect(type).toBe('image/png')
  expect(Buffer.from(bytes).toString('latin1')).not.toContain('somebody')
  expect(readLogo(bytes).bytes).toEqual(bytes)
})

test.each([
  ['one that is too wide', png(5_000)],
  ['one that was cut', png().slice(0, 60)],
  ['a page', Buffer.from('<html><script>1</script></html>')],
  ['a GIF', Buffer.from('GIF89a')],
  ['one that is too large', Buffer.concat([png(), Buffer.alloc(LOGO_BYTES)])],
])('%s is refused', (_what, bytes) => {
  expect(() => readLogo(bytes)).toThrow(/logo/i)
})

test('colours are refused where white text on them is hard to read', async () => {
  expect(contrastWithWhite('#ffffff')).toBeCloseTo(1)
  expect(contrastWithWhite('#000000')).toBeCloseTo(21)
  const store = memoryStore()
  const settings = createPageSettings(store, environment)
  await expect(settings.change('', { colour: '#f1bd62' }, 'test')).rejects.toThrow('4.5 : 1')
  expect(await settings.change('', { colour: '#1F4FD8', name: ' Acme App ' }, 'test')).toEqual({
    colour: '#1f4fd8',
    name: 'Acme App',
  })
  for (const support of ['javascript:alert(1)', 'http://acme.example', 'nobody', 'a b@acme.example'])
    await expect(settings.change('', { support }, 'test')).rejects.toThrow('Support')
  await settings.change('', { logo: toBase64(new TextEncoder().encode(SVG)), support: 'it@acme.example' }, 'test')
  expect((await settings.logo('acme'))?.type).toBe('image/svg+xml')
  expect(await settings.change('', { logo: null, colour: null }, 'test')).toEqual({
    name: 'Acme App',
    support: 'it@acme.example',
  })
  expect(await settings.logo('')).toBeUndefined()
})
