// Maps of the hub: paths, sources, transforms and shapes that there are not are compile errors.

import { Group, User } from 'lockstep'
import { defineConfig, defineMap } from 'lockstep/hub'

export default defineConfig({
  tenant: 'acme',
  apps: {
    wiki: {
      map: {
        User: defineMap(User, {
          userName: { from: 'emails[type eq "work"].value', to: ['lower'], whenMissing: 'fail' },
        }),
        Group: defineMap(Group, { displayName: { from: 'displayName' }, members: { refs: 'members' } }),
      },
    },
  },
})

// @ts-expect-error usernam is no attribute of an account
defineMap(User, { usernam: { from: 'userName' } })
// @ts-expect-error nor of a person
defineMap(User, { userName: { from: 'usernam' } })
// @ts-expect-error an e-mail address has no kind
defineMap(User, { userName: { from: 'emails[kind eq "work"].value' } })
// @ts-expect-error a map can't write what the app sets
defineMap(User, { id: { from: 'id' } })
// @ts-expect-error nor a password
defineMap(User, { password: { const: 'x' } })
// @ts-expect-error lowercase is no transform
defineMap(User, { userName: { from: 'userName', to: ['lowercase'] } })
// @ts-expect-error mail is no shape
defineMap(User, { emails: { from: 'emails', as: 'mail' } })
// @ts-expect-error a rule says where its value comes from
defineMap(User, { title: { default: 'x' } })
// @ts-expect-error members are members
defineMap(Group, { members: { refs: 'member' } })
