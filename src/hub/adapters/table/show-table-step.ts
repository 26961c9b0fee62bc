// What a step comes to in a table, as plans and attempts show it.

import type { ShownRequest, Step } from '../../contract/index.ts'
import { changedAttributes } from '../changed-attributes.ts'
import type { RowForm } from './table-rows.ts'
import type { TableSettings } from './table-settings.ts'

const plain = { boolean: (value: boolean) => value }

/** The row that is inserted, the columns that are set, or the rows that go. `form` is absent for groups without a table. */
export function showTableStep(
  step: Step,
  { users, groups, memberships }: TableSettings,
  form: RowForm | undefined,
): readonly ShownRequest[] {
  const table = step.type === 'User' ? users : groups
  const target = table?.table ?? memberships?.table ?? ''
  const columns = (values: ReadonlyMap<string, unknown> | undefined) => Object.fromEntries(values ?? [])
  switch (step.do) {
    case 'create': {
      const active =
        table?.active === undefined ? {} : { [table.active.column]: step.document.active !== false ? 'on' : 'off' }
      const body = form === undefined ? step.document : { ...columns(form.toColumns(step.document, plain)), ...active }
      return [{ verb: 'insert', target, body }]
    }
    case 'disable':
      if (users.active === undefined) return [{ verb: 'delete', target, body: { [users.id]: step.id } }]
      return [{ verb: 'update', target, body: { [users.id]: step.id, [users.active.column]: 'off' } }]
    case 'update': {
      const names = new Set(Object.keys(changedAttributes(step.change)))
      const values = columns(form?.toColumns(step.change.after, plain, names))
      const { active } = table ?? {}
      const on = step.change.after.active !== false
      const body = {
        ...values,
        ...(active !== undefined && names.has('active') ? { [active.column]: on ? 'on' : 'off' } : {}),
      }
      return Object.keys(body).length === 0
        ? []
        : [{ verb: 'update', target, body: { [table?.id ?? 'id']: step.id, ...body } }]
    }
    case 'remove':
      return [{ verb: 'delete', target, body: { [table?.id ?? memberships?.group ?? 'id']: step.id } }]
    case 'members': {
      const { add, remove } = step.change
      const of = (verb: string, ids: readonly string[]) =>
        ids.length === 0
          ? []
          : [
              {
                verb,
                target: memberships?.table ?? '',
                body: { [memberships?.group ?? 'group']: step.id, [memberships?.user ?? 'user']: ids },
              },
            ]
      return [...of('delete', remove), ...of('insert', add)]
    }
  }
}
