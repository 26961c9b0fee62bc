// A search that takes too long.

import { expect, test } from 'vitest'
import { Group, STRICT, User } from '../protocol/index.ts'
import { QueryTooLong } from '../store/index.ts'
import { memoryStore } from '../store/memory/memory.ts'
import { createDirectory } from './directory.ts'

test('a search that can not end in its time is refused with what to do, and nobody is told to try it again', async () => {
  const store = {
    ...memoryStore(),
    find: () => Promise.reject(new QueryTooLong({ cause: undefined })),
  }
  const directory = createDirectory({ store, types: [User, Group] })
  const context = { tenant: 'acme', actor: 'test', allow: STRICT }
  const search = { filter: 'active eq true', startIndex: 1, count: 10 }
  const plan = directory.plan(context, [User], search as never, 'https://scim.example', { groups: false, total: true })
  await expect(directory.find(plan)).rejects.toMatchObject({
    status: 400,
    scimType: 'tooMany',
    message: expect.stringContaining('lockstep index put'),
  })
})
