// The example of the guide to fake apps works.

import { expect, test } from 'vitest'
import { tryLostAnswer } from '../../examples/fake-app.ts'

test('a create whose answer is lost was done, and is refused the second time', async () => {
  expect(await tryLostAnswer()).toEqual({
    requests: ['POST /Users → no answer', 'POST /Users → 409'],
    users: ['ada-lovelace'],
  })
})
