// The runner of recorded conversations: selection, operators, placeholders, cleanup.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Json } from '../../src/protocol/json.ts'
import { holds } from '../../src/simulate/wire/holds.ts'
import { select } from '../../src/simulate/wire/select.ts'
import { fill, fillText } from '../../src/simulate/wire/substitute.ts'
import { readAnswer } from './exchange.ts'
import type { Flow, Step } from './flow.ts'
import { patterns, runFlow } from './runner.ts'

const URN = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const BODY: Json = {
  id: '7',
  active: true,
  members: [{ value: 'a', n: 3 }, { value: 'b', primary: true }, 'plain'],
  [URN]: { department: 'R&D' },
}

describe('select', () => {
  test.each<[string, Json[], string]>([
    ['$', [BODY], 'the body itself'],
    ['$.id', ['7'], 'a member'],
    ['$.nope', [], 'no such member'],
    ['$.id.length', [], 'a member of a string'],
    [`$["${URN}"].department`, ['R&D'], 'a name with dots'],
    ['$.members[1].value', ['b'], 'an element'],
    ['$.members[9]', [], 'no such element'],
    ['$.members[*].value', ['a', 'b'], 'every element that has it'],
    ['$.members[?value=="b"].primary', [true], 'elements by text'],
    ['$.members[?primary==true].value', ['b'], 'elements by boolean'],
    ['$.members[?n==3].value', ['a'], 'elements by number'],
    ['$.members[?n=="3"]', [], 'types count'],
  ])('%s selects %j (%s)', (path, nodes, _case) => {
    expect(select(BODY, path)).toEqual(nodes)
  })

  test.each(['id', '$.', '$[x]', '$.a[?b=c]', '$..a'])('%s is refused', (path) => {
    expect(() => select(BODY, path)).toThrow(/assertion path/)
  })
})

describe('holds', () => {
  test.each<[string, Json[], Json, boolean]>([
    ['exists', ['x'], null, true],
    ['exists', [false], null, true],
    ['exists', [null, []], null, false],
    ['exists', [], null, false],
    ['absent', [], null, true],
    ['absent', [null, []], null, true],
    ['absent', [''], null, false],
    ['eq', ['a', 'a'], 'a', true],
    ['eq', ['a', 'b'], 'a', false],
    ['eq', [], 'a', false],
    ['eq', ['1'], 1, false],
    ['eq', [{ a: [1] }], { a: [1] }, true],
    ['ieq', ['AbC'], 'aBc', true],
    ['ieq', [1], '1', false],
    ['only', [], 'a', true],
    ['only', ['A', 'a'], 'a', true],
    ['only', ['a', 'b'], 'a', false],
    ['ne', [], 'a', true],
    ['ne', ['b', 'a'], 'a', false],
    ['oneOf', ['a'], ['a', 'b'], true],
    ['oneOf', [], [null, 'a'], true],
    ['oneOf', [], ['a'], false],
    ['count', [1, 2], 2, true],
    ['atMost', [1, 2], 1, false],
    ['length', [[1, 2]], 2, true],
    ['length', [], 0, true],
    ['length', ['ab'], 2, false],
    ['contains', [['a', 'b']], 'b', true],
    ['contains', ['abc'], 'bc', true],
    ['contains', [], 'a', false],
    ['notContains', [], 'a', true],
    ['notContains', [['a']], 'a', false],
    ['type', [1], 'integer', true],
    ['type', [1.5], 'integer', false],
    ['type', [1.5], 'number', true],
    ['type', [[]], 'array', true],
    ['type', [{}], 'object', true],
    ['type', [null], 'object', false],
    ['matches', ['abc', 'b'], 'b', true],
    ['matches', ['abc', 'x'], 'b', false],
    ['anyMatch', ['abc', 'x'], 'b', true],
    ['gte', [2], 2, true],
    ['lte', [3], 2, false],
    ['lte', ['1'], 2, false],
  ])('%s of %j with %j is %s', (op, nodes, value, expected) => {
    expect(holds(op, nodes, value, patterns)).toBe(expected)
  })

  test('an unknown operator is a fault of the flow', () => {
    expect(() => holds('like', [], null)).toThrow(/unknown operator like/)
  })
})

describe('substitution', () => {
  test('inner braces go first, and a lone placeholder keeps its type', () => {
    const variables = { n: 3, u3: 'x', yes: true, o: { a: 1 } }
    expect(fill({ a: '{{u{{n}}}}', b: '{{yes}}', c: '{{n}}-{{u3}}', d: ['{{o}}'] }, variables)).toEqual({
      a: 'x',
      b: true,
      c: '3-x',
      d: [{ a: 1 }],
    })
    expect(fillText('/Users/{{u{{n}}}}?{{yes}}', variables)).toBe('/Users/x?true')
  })

  test('$repeat multiplies an element', () => {
    expect(fill([0, { $repeat: 2, item: { v: '{{u{{n}}}}' } }], { u1: 'a', u2: 'b' })).toEqual([
      0,
      { v: 'a' },
      { v: 'b' },
    ])
  })

  test('$each repeats an element for those of a list, and $merge lays one object over another', () => {
    const people = [{ u: 'a' }, { u: 'b' }]
    expect(fill([{ $each: 'people', item: { value: '{{u}}' } }], { people })).toEqual([{ value: 'a' }, { value: 'b' }])
    expect(fill({ $merge: ['{{was}}', { b: '{{n}}' }] }, { was: { a: 1, b: 1 }, n: 2 })).toEqual({ a: 1, b: 2 })
  })

  test('what is inserted is not read again', () => {
    expect(fillText('/Users/{{u}}', { u: '{{u}}' })).toBe('/Users/{{u}}')
    expect(fill({ a: '-{{u}}' }, { u: '{{secret}}', secret: 's' })).toEqual({ a: '-{{secret}}' })
    expect(fillText('{{ no }} {{n}} {{', { n: 1 })).toBe('{{ no }} 1 {{')
  })

  test('an unknown name is a fault of the flow', () => {
    expect(() => fillText('{{nobody}}', {})).toThrow(/\{\{nobody\}\}/)
  })
})

describe('readAnswer', () => {
  test.each<[string, string, boolean, [number, string] | undefined]>([
    ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}', 'a length', false, [200, '{}']],
    ['HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}', 'more to come', false, undefined],
    ['HTTP/1.1 200 OK\r\n\r\n{}', 'until the end, not there yet', false, undefined],
    ['HTTP/1.1 200 OK\r\n\r\n{}', 'until the end', true, [200, '{}']],
    [
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n',
      'chunks',
      false,
      [200, '{}'],
    ],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n', 'a chunk missing', false, undefined],
    ['HTTP/1.1 204 No Content\r\n\r\n', 'no body', false, [204, '']],
    ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n', 'an interim answer', false, [204, '']],
    ['HTTP/1.1 200 O', 'half a head', false, undefined],
  ])('%j (%s)', (text, _case, ended, expected) => {
    const answer = readAnswer(Buffer.from(text), ended)
    expect(answer && [answer.status, answer.body]).toEqual(expected)
  })
})

describe('runFlow', () => {
  const seen: { line: string; headers: IncomingMessage['headers']; body: string }[] = []
  let respond: (request: IncomingMessage, response: ServerResponse) => void = () => {}
  let server: Server
  let base = ''

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => {
        seen.push({ line: `${request.method} ${request.url}`, headers: request.headers, body })
        respond(request, response)
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/scim`
  })
  afterAll(() => server.close())

  function flow(steps: readonly Step[], more: Partial<Flow> = {}): Flow {
    const head = { format: 'lockstep-idp-flow/1', id: 'x', idp: 'other', title: '', evidence: 'derived' } as const
    return { ...head, level: 'core', sources: [], quirks: [], steps, ...more }
  }

  async function run(given: Flow, answer: typeof respond) {
    respond = answer
    seen.length = 0
    return runFlow(given, { base, token: 'secret' })
  }

  function answerJson(status: number, body: Json) {
    return (_request: IncomingMessage, response: ServerResponse) => {
      response.writeHead(status, { 'Content-Type': 'application/scim+json', Location: 'http://x/1' })
      response.end(JSON.stringify(body))
    }
  }

  test('the request target goes out byte for byte', async () => {
    const result = await run(
      flow([{ name: 'a', request: { method: 'GET', path: '/Users?filter=a+eq+%22b%22&' }, expect: { status: 200 } }]),
      answerJson(200, {}),
    )
    expect(result.outcome).toBe('passed')
    expect(seen[0]?.line).toBe('GET /scim/Users?filter=a+eq+%22b%22&')
    expect(seen[0]?.headers.authorization).toBe('Bearer secret')
    expect(seen[0]?.headers['user-agent']).toBeUndefined()
  })

  test('headers: the step over the flow, null keeps one off, the media type only with a body', async () => {
    const headers = { 'Content-Type': 'application/scim+json', 'User-Agent': 'Probe', Accept: 'a/b' }
    const get: Step = {
      name: 'get',
      request: { method: 'GET', path: '/', headers: { accept: null, Authorization: 'Basic {{rand}}' } },
      expect: { status: 200 },
    }
    const post: Step = { name: 'post', request: { method: 'POST', path: '/', body: {} }, expect: { status: 200 } }
    await run(flow([get, post], { headers }), answerJson(200, {}))
    expect(seen[0]?.headers['content-type']).toBeUndefined()
    expect(seen[0]?.headers.accept).toBeUndefined()
    expect(seen[0]?.headers.authorization).toMatch(/^Basic r[0-9a-f]{10}$/)
    expect(seen[1]?.headers['content-type']).toBe('application/scim+json')
    await run(flow([get], { headers, contentTypeAlways: true }), answerJson(200, {}))
    expect(seen[0]?.headers['content-type']).toBe('application/scim+json')
  })

  test('save, repeat and use', async () => {
    const steps: Step[] = [
      {
        name: 'make',
        repeat: { count: 3 },
        request: { method: 'POST', path: '/Users', body: { n: '{{n}}' } },
        expect: { status: 201 },
        save: { 'u{{n}}': '/a~1b/0', where: 'header:location' },
      },
      {
        name: 'use',
        repeat: { count: 3, parallel: true },
        request: { method: 'GET', path: '/Users/{{u{{n}}}}' },
        expect: { status: 201, headers: { location: '{{where}}', 'content-type': { matches: 'scim' } } },
      },
    ]
    let made = 0
    const result = await run(flow(steps), (request, response) =>
      answerJson(201, { 'a/b': [request.method === 'POST' ? ++made : 0] })(request, response),
    )
    expect(result).toEqual({ outcome: 'passed' })
    expect(seen.slice(0, 3).map((one) => one.body)).toEqual(['{"n":1}', '{"n":2}', '{"n":3}'])
    expect(new Set(seen.slice(3).map((one) => one.line))).toEqual(
      new Set(['GET /scim/Users/1', 'GET /scim/Users/2', 'GET /scim/Users/3']),
    )
  })

  test('retry sends again after the statuses it names', async () => {
    let times = 0
    const step: Step = {
      name: 'a',
      repeat: { count: 1, retry: [429] },
      request: { method: 'GET', path: '/' },
      expect: { status: 200 },
    }
    const result = await run(flow([step]), (request, response) =>
      answerJson(++times < 3 ? 429 : 200, {})(request, response),
    )
    expect([result.outcome, times]).toEqual(['passed', 3])
  })

  test('the first failure ends the flow, cleanup still runs, and the text says what went over the wire', async () => {
    const steps: Step[] = [
      {
        name: 'first',
        why: 'people lose access',
        request: { method: 'PATCH', path: '/Users/1', body: { a: 1 } },
        expect: { status: 200, body: [{ path: '$.active', op: 'eq', value: false }] },
      },
      { name: 'second', request: { method: 'GET', path: '/second' }, expect: { status: 200 } },
      { name: 'tidy', cleanup: true, request: { method: 'DELETE', path: '/{{never}}' }, expect: { status: 204 } },
      { name: 'tidy', cleanup: true, request: { method: 'DELETE', path: '/Users/1' }, expect: { status: 204 } },
    ]
    const result = await run(flow(steps), answerJson(200, { active: true }))
    expect(seen.map((one) => one.line)).toEqual(['PATCH /scim/Users/1', 'DELETE /scim/Users/1'])
    expect(result).toMatchObject({ outcome: 'failed', step: 'first' })
    if (result.outcome !== 'failed') return
    expect(result.failure).toContain('$.active eq false does not hold: [true]')
    expect(result.failure).toContain('PATCH /scim/Users/1')
    expect(result.failure).toContain('200 {"active":true}')
    expect(result.failure).toContain('people lose access')
  })

  test('an optional body is not missed', async () => {
    const body = [{ path: '$.id', op: 'exists' }]
    const step: Step = {
      name: 'a',
      request: { method: 'GET', path: '/' },
      expect: { status: [200, 204], bodyOptional: true, body },
    }
    const empty = (_: IncomingMessage, response: ServerResponse) => void response.writeHead(204).end()
    expect((await run(flow([step]), empty)).outcome).toBe('passed')
    expect((await run(flow([{ ...step, expect: { status: 204, body } }]), empty)).outcome).toBe('failed')
  })

  test('a flow that requires what the target lacks is skipped', async () => {
    const result = await runFlow(flow([], { requires: ['okta-entitlements'] }), { base, token: '' })
    expect(result).toEqual({ outcome: 'skipped', missing: ['okta-entitlements'] })
  })
})
