// Columns of the app: attributes that there are not are compile errors.

import { EnterpriseUser, ownTable, User } from 'lockstep'

const names = { table: 'users', tenant: 'org', id: 'id' }

ownTable(User, {
  ...names,
  columns: { userName: 'email', 'name.givenName': 'first', 'emails[type eq "work"].value': 'mail' },
})
ownTable(User.extend(EnterpriseUser), {
  ...names,
  columns: { userName: 'email', 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department': 'department' },
})
// @ts-expect-error usernam is no attribute
ownTable(User, { ...names, columns: { usernam: 'email' } })
// @ts-expect-error nor is name.given
ownTable(User, { ...names, columns: { userName: 'email', 'name.given': 'first' } })
// @ts-expect-error a column is a name, or says how it is read and written
ownTable(User, { ...names, columns: { userName: 'email', active: { column: 'state' } } })
// @ts-expect-error ids are no numbers
ownTable(User, { ...names, idType: 'integer', columns: { userName: 'email' } })
