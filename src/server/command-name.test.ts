// Tests how hints call Lockstep.

import { expect, test } from 'vitest'
import { type Called, commandName } from './command-name.ts'

const clone: Called = {
  script: '/home/ada/lockstep/src/cli/main.ts',
  folder: '/home/ada/lockstep',
  env: {},
  home: '/home/ada/lockstep/',
  source: true,
}
const installed: Called = {
  script: '/app/node_modules/.bin/lockstep',
  folder: '/app',
  env: {},
  home: '/app/node_modules/lockstep/',
  source: false,
}

test.each<[string, Partial<Called> & Called, string]>([
  [
    'a clone, by npm',
    { ...clone, env: { npm_package_json: '/home/ada/lockstep/package.json' } },
    'npm run -s lockstep --',
  ],
  ['a clone, by node in its folder', clone, 'npm run -s lockstep --'],
  ['a clone, by node from elsewhere', { ...clone, folder: '/home/ada' }, 'node lockstep/src/cli/main.ts'],
  [
    'a clone, from a script of another package',
    { ...clone, folder: '/app', env: { npm_package_json: '/app/package.json' } },
    'node ../home/ada/lockstep/src/cli/main.ts',
  ],
  ['a dependency of an app', installed, 'npx lockstep'],
  ['a file of a dependency', { ...installed, script: '/app/node_modules/lockstep/dist/cli/main.js' }, 'npx lockstep'],
  [
    'npx without installing',
    { ...installed, script: '/home/ada/.npm/_npx/7f/node_modules/.bin/lockstep' },
    'npx lockstep',
  ],
  [
    'installed for all, or in the image',
    { ...installed, script: '/usr/local/bin/lockstep', home: '/app/' },
    'lockstep',
  ],
  ['the built files', { ...installed, script: '/app/dist/cli/main.js', home: '/app/' }, 'node dist/cli/main.js'],
])('%s', (_case, called, name) => {
  expect(commandName(called)).toBe(name)
})
