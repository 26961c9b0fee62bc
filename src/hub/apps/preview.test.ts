// Previews of settings over real people: who is shown, with what, and what is wrong.

import { describe, expect, test } from 'vitest'
import { createDirectory } from '../../directory/index.ts'
import { EnterpriseUser, Group, type JsonObject, STRICT, User } from '../../protocol/index.ts'
import { memoryStore } from '../../store/index.ts'
import { type AdapterKind, APP_DEFAULTS, APP_RECORD, QUEUES } from '../contract/index.ts'
import { type PreviewRequest, previewApp } from './preview.ts'

const TENANT = 't'
const kind: AdapterKind = {
  kind: 'plain',
  check() {},
  defaultMap: () => ({}),
  accountSchema: (type) => (type === 'User' ? User : Group),
  open() {
    throw new Error('nothing is opened here')
  },
}

async function fresh(people: number) {
  const store = memoryStore()
  const directory = createDirectory({ store })
  const create = async (type: 'User' | 'Group', body: JsonObject) => {
    const schemas = [(type === 'User' ? User : Group).schema.id]
    const { stored } = await directory.create({ tenant: TENANT, actor: 'test', allow: STRICT }, type, {
      schemas,
      ...body,
    })
    return stored.id
  }
  const ids: string[] = []
  for (let at = 0; at < people; at++) ids.push(await create('User', { userName: `u${at}`, active: at % 2 === 0 }))
  const value = {
    label: 'crm',
    mode: 'off',
    adapter: 'plain',
    options: {},
    scope: { users: {} },
    grants: [],
    ...APP_DEFAULTS,
  }
  await store.commit([{ write: 'record', record: { tenant: TENANT, kind: APP_RECORD, key: 'crm' }, value }])
  const deps = { store, kinds: [kind], types: async () => [User, Group] }
  const preview = (change: JsonObject = {}, request: PreviewRequest = {}) =>
    previewApp(deps, TENANT, 'crm', change, request)
  return { store, create, ids, preview }
}

describe('a preview', () => {
  test('shows the first people in scope, and how many were looked at', async () => {
    const { preview } = await fresh(9)
    const { rows, looked, findings } = await preview({ scope: { users: { filter: 'active eq true' } } }, { sample: 3 })
    expect(findings).toEqual([])
    expect(rows.map(({ name }) => name)).toEqual(['u0', 'u2', 'u4'])
    expect(rows[0]?.document).toMatchObject({ userName: 'u0', active: true })
    expect(looked).toBe(5)
  })

  test('shows those who were asked for, in scope or not', async () => {
    const { preview, ids } = await fresh(3)
    const { rows } = await preview(
      { scope: { users: { filter: 'active eq true' } } },
      { users: [ids[1] ?? '', 'nobody'] },
    )
    expect(rows).toMatchObject([{ name: 'u1', scope: { in: false } }])
  })

  test('shows groups, faults, and references by the accounts that there are', async () => {
    const { preview, create, store, ids } = await fresh(1)
    const [boss = ''] = ids
    const reports = { [EnterpriseUser.id]: { manager: { value: boss } } }
    await create('User', { userName: 'ada', title: 'Countess', ...reports })
    await create('Group', { displayName: 'Staff' })
    const item = { tenant: TENANT, queue: QUEUES.links('crm'), key: boss }
    const value = { type: 'User', name: 'u0', account: 'a0', acked: { userName: 'u0', nickName: 'kept' } }
    await store.commit([{ write: 'item', item, set: { value } }])
    const map = {
      User: {
        userName: { from: 'userName' },
        title: { cel: 'user.title' },
        manager: { ref: 'manager' },
        nickName: { from: 'nickName' },
      },
    }
    const { rows, findings } = await preview({ map, scope: { users: {}, groups: {} } })
    expect(findings).toMatchObject([{ level: 'warning', option: 'map.User.title.cel' }])
    expect(rows).toMatchObject([
      { name: 'u0', fault: { attribute: 'title' } },
      { name: 'ada', document: { title: 'Countess', [EnterpriseUser.id]: { manager: { value: 'a0' } } } },
      { name: 'Staff', type: 'Group', document: { displayName: 'Staff' } },
    ])
  })

  test('says what is wrong instead', async () => {
    const { preview } = await fresh(1)
    expect(await preview({ map: { User: { titel: { from: 'title' } } } })).toMatchObject({
      findings: [
        { level: 'error', option: 'map.User.titel' },
        { level: 'error', option: 'map.User' },
      ],
      rows: [],
    })
    await expect(preview({ scope: { users: { filter: 'x' } } })).rejects.toMatchObject({
      code: 'ERR_INVALID',
      faults: [{ field: 'scope.users.filter' }],
    })
  })
})
