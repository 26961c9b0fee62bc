// Writes the pages of the API from the doc comments of what the package exports.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Application } from 'typedoc'

const ROOT = join(import.meta.dirname, '../..')
const OUT = join(import.meta.dirname, '../src/content/docs/api')
const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  exports: { readonly [door: string]: { readonly '@lockstep/source'?: string } | string }
}
const doors = Object.entries(exports).flatMap(([door, target]) =>
  typeof target === 'string' || target['@lockstep/source'] === undefined
    ? []
    : [{ name: door === '.' ? 'lockstep' : `lockstep${door.slice(1)}`, file: join(ROOT, target['@lockstep/source']) }],
)

rmSync(OUT, { recursive: true, force: true })
for (const { name, file } of doors) {
  const app = await Application.bootstrapWithPlugins({
    entryPoints: [file],
    tsconfig: join(import.meta.dirname, '../tsconfig.api.json'),
    plugin: ['typedoc-plugin-markdown'],
    name,
    readme: 'none',
    disableSources: true,
    excludeInternal: true,
    excludeExternals: true,
    hideGenerator: true,
    logLevel: 'Error',
    skipErrorChecking: true,
    validation: false,
    ...({
      outputFileStrategy: 'modules',
      outputs: [{ name: 'markdown', path: join(OUT, '.raw') }],
      hideBreadcrumbs: true,
      hidePageHeader: true,
      hidePageTitle: true,
      expandObjects: true,
      useCodeBlocks: true,
      parametersFormat: 'table',
      propertyMembersFormat: 'table',
      interfacePropertiesFormat: 'table',
      typeAliasPropertiesFormat: 'table',
    } as object),
  })
  const project = await app.convert()
  if (project === undefined) throw new Error(`${name} could not be read`)
  const folder = join(OUT, '.raw')
  await app.generateOutputs(project)
  const text = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((one) => one.endsWith('.md'))
    .map((one) => readFileSync(join(folder, one), 'utf8'))
    .join('\n')
  rmSync(folder, { recursive: true, force: true })
  const to = join(OUT, `${name.replace(/^lockstep\/?/, '') || 'lockstep'}.md`.replaceAll('/', '-'))
  mkdirSync(dirname(to), { recursive: true })
  writeFileSync(to, `---\ntitle: ${JSON.stringify(name)}\n---\n\n${body(text)}`)
  console.log(`${name}: ${text.length} characters`)
}

/** Links within the page only: each door is one page. */
function body(text: string): string {
  return text.replaceAll(/\]\((?!https?:|#)[^)#]*(#[^)]*)?\)/g, (_, hash) => `](${hash ?? '#_top'})`)
}
