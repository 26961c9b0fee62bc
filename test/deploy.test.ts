// The Dockerfile, compose file, manifests and proxy configurations use settings that exist.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { COMMANDS } from '../src/cli/commands.ts'
import { LIMITS } from '../src/protocol/index.ts'
import { KINDS } from '../src/quirks/index.ts'
import { readSettings, SETTINGS } from '../src/site/index.ts'
import { SEAL_KEY_ENV } from '../src/site/settings.ts'

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const manifests = readdirSync(join(root, 'deploy/kubernetes')).map((name) => `deploy/kubernetes/${name}`)
const files = ['Dockerfile', 'compose.yaml', ...manifests]

// A key may stand in the environment alone: it is no setting.
const environment = new Set<string>([...Object.values(SETTINGS).map(({ env }) => env), SEAL_KEY_ENV])
const flags = new Set(
  COMMANDS.flatMap(({ options = [] }) => options.map(([flag]) => /--[a-z-]+/.exec(flag)?.[0] ?? '')).concat('--json'),
)

// biome-ignore lint/suspicious/noExplicitAny: the contents of a file in another program's format.
type Anything = any

/** What a YAML file holds, document by document; each must be sound, without a key twice. */
function yaml(path: string): readonly Anything[] {
  return parseAllDocuments(read(path)).map((document) => {
    expect(document.errors, path).toEqual([])
    return document.toJS() as Anything
  })
}

const compose = yaml('compose.yaml')[0]
const [deployment] = yaml('deploy/kubernetes/deployment.yaml')
const [service] = yaml('deploy/kubernetes/service.yaml')
const [budget] = yaml('deploy/kubernetes/disruption-budget.yaml')
const pod = deployment.spec.template.spec
const [container] = pod.containers

test('npm ci warns of nothing on Node 20: every package in the lock file admits it', () => {
  const { packages }: { packages: { [path: string]: { engines?: { node?: string } } } } = JSON.parse(
    read('package-lock.json'),
  )
  const admits = (range: string) =>
    range.split('||').some((part) => /^\s*(\*|\^?20\b|>=?\s*v?([0-9]|1[0-9]|20)(\.\d+)*\b)/.test(part))
  // What only tests load, under the Node that is a development dependency, may be written to admit it in the lock file by hand.
  const others = Object.entries(packages).filter(([, { engines }]) => !admits(engines?.node ?? '*'))
  expect(others.map(([path, { engines }]) => `${path}: ${engines?.node}`)).toEqual([])
})

describe('step 0', () => {
  const files = {
    nginx: read('deploy/nginx/lockstep.conf'),
    caddy: read('deploy/caddy/Caddyfile'),
    systemd: read('deploy/systemd/lockstep.service'),
  }

  test('the proxies let in SCIM and the health of the server, and nothing else', () => {
    const locations = [...files.nginx.matchAll(/^\s*location ([^{]+?) \{/gm)].map(([, path]) => path)
    expect(locations).toEqual(['/tenants/', '= /healthz', '/'])
    expect(files.nginx).toMatch(/location \/ \{\s*return 404;/)
    expect(files.nginx).not.toMatch(/listen\s+80\b/)
    expect(files.caddy).toMatch(/@open path \/tenants\/\* \/healthz\n/)
    expect(files.caddy).toMatch(/handle \{\s*respond 404/)
    // What Lockstep answers itself must reach it: bodies up to its limit.
    expect(files.nginx).toMatch(/client_max_body_size\s+16m/)
    expect(LIMITS.BODY_BYTES).toBeLessThanOrEqual(16 * 1024 * 1024)
  })

  test('the unit runs as an unprivileged user, with valid settings', () => {
    for (const [name] of files.systemd.matchAll(/LOCKSTEP_[A-Z_]+/g)) expect(environment, name).toContain(name)
    const env = Object.fromEntries(
      [...files.systemd.matchAll(/^Environment=([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
    )
    expect(readSettings({}, env)).toMatchObject({
      database: '/var/lib/lockstep/lockstep.db',
      publicUrl: 'https://scim.example.com',
    })
    expect(files.systemd).toMatch(/^User=lockstep$/m)
    expect(files.systemd).toMatch(/^UMask=0077$/m)
    expect(files.systemd).toMatch(/^ExecStart=\/opt\/lockstep\/node_modules\/\.bin\/node .*src\/cli\/main\.ts serve$/m)
  })

  test('every guide of an identity provider begins with it', () => {
    const guides = readdirSync(join(root, 'docs/guides')).filter((name) => KINDS.some((kind) => name === `${kind}.md`))
    expect(guides.length).toBeGreaterThanOrEqual(10)
    for (const name of guides) expect(read(`docs/guides/${name}`), name).toContain('[Step 0](tls.md)')
  })
})

describe('what is deployed', () => {
  test.each([...files, 'docs/guides/operations.md'])('%s names settings and flags that there are', (path) => {
    for (const [name] of read(path).matchAll(/LOCKSTEP_[A-Z_]+/g)) expect(environment, name).toContain(name)
    if (path === 'docs/guides/operations.md') {
      const ours = [...read(path).matchAll(/`(?:lockstep [a-z ]+[^`]*?)?(--[a-z-]+)[^`]*`/g)].map(([, flag]) => flag)
      const others = new Set(['monitoring.md', 'fake-apps.md', '--schema'])
      for (const flag of ours) if (!others.has(flag ?? '')) expect(flags, flag).toContain(flag)
    }
  })

  test('no file holds a password', () => {
    for (const path of files) expect(read(path)).not.toMatch(/postgres:\/\/[^@\s/]*:[^@\s]*@|PASSWORD: ?\S/)
  })

  test('the image runs as an unprivileged user, with valid settings', () => {
    const text = read('Dockerfile')
    const last = text.slice(text.lastIndexOf('\nFROM'))
    expect(last).toMatch(/^USER node$/m)
    expect(last).toMatch(/^VOLUME \/data$/m)
    expect(last).toMatch(/^HEALTHCHECK/m)
    expect(last).not.toMatch(/curl|wget|apt-get/)
    const block = /^ENV ([\s\S]*?[^\\])\n/m.exec(last)?.[1] ?? ''
    const env = Object.fromEntries(block.split(/\s*\\?\n\s*/).map((line) => line.split('=') as [string, string]))
    expect(readSettings({}, env)).toMatchObject({ host: '0.0.0.0', port: 8080, database: '/data/lockstep.db' })
    // What it copies is there, and not kept out of the context.
    const ignored = read('.dockerignore')
    for (const [, from] of text.matchAll(/^COPY (?!--from)(\S+(?: \S+)*) \S+$/gm)) {
      for (const path of (from ?? '').split(' ')) {
        expect(() => statSync(join(root, path))).not.toThrow()
        expect(ignored).toContain(`!${path}\n`)
      }
    }
  })

  test('compose: read-only, without rights, the password from a file, the database awaited', () => {
    const { lockstep, postgres } = compose.services
    for (const one of [lockstep, postgres]) {
      expect(one.read_only).toBe(true)
      expect(one.security_opt).toContain('no-new-privileges:true')
      expect(one.secrets).toEqual(['database-password'])
    }
    expect(lockstep.cap_drop).toEqual(['ALL'])
    expect(lockstep.depends_on.postgres.condition).toBe('service_healthy')
    expect(postgres.healthcheck.test).toBeDefined()
    const { LOCKSTEP_LOG_LEVEL: _, LOCKSTEP_PUBLIC_URL: url, ...env } = lockstep.environment
    expect(url).toMatch(/^\$\{LOCKSTEP_PUBLIC_URL:\?/)
    const settings = readSettings({ workers: lockstep.command[2] }, env)
    expect(settings.postgres?.passwordFile).toBe('/run/secrets/database-password')
    expect(lockstep.command.slice(0, 2)).toEqual(['serve', '--workers'])
    // It fits its own limits, whatever the machine: a fixed number of workers, each with its memory and connections.
    expect(lockstep.command[2]).toMatch(/^\d+$/)
    expect(settings.workers * ((settings.postgres?.connections ?? 0) + 5)).toBeLessThanOrEqual(100 - 10)
    expect(settings.workers * 350).toBeLessThanOrEqual(Number.parseFloat(lockstep.mem_limit) * 1024)
    expect(compose.secrets['database-password'].file).toMatch(/^\.\/secrets\//)
  })

  test('Kubernetes: probes, no root, nothing written, secrets by reference, never without a pod', () => {
    expect([container.startupProbe, container.readinessProbe].map((probe) => probe.httpGet.path)).toEqual([
      '/readyz',
      '/readyz',
    ])
    expect(container.livenessProbe.httpGet.path).toBe('/healthz')
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 })
    expect(pod.automountServiceAccountToken).toBe(false)
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
    const env = Object.fromEntries(container.env.map((one: Anything) => [one.name, one.value]))
    expect(container.env.find(({ name }: Anything) => name === 'LOCKSTEP_DATABASE').valueFrom.secretKeyRef).toEqual({
      name: 'lockstep-database',
      key: 'url',
    })
    const settings = readSettings({}, { ...env, LOCKSTEP_DATABASE: 'postgres://lockstep@db/lockstep' })
    const mount = container.volumeMounts.find(({ name }: Anything) => name === 'database')
    expect(settings.postgres).toMatchObject({ passwordFile: `${mount.mountPath}/password`, connections: 10 })
    expect(deployment.spec.strategy.rollingUpdate.maxUnavailable).toBe(0)
    const labels = deployment.spec.template.metadata.labels
    expect(deployment.spec.selector.matchLabels).toEqual(labels)
    expect(service.spec.selector).toEqual(labels)
    expect(budget.spec.selector.matchLabels).toEqual(labels)
    expect(budget.spec.minAvailable).toBeLessThan(deployment.spec.replicas)
    expect(service.spec.ports[0].targetPort).toBe(container.ports[0].name)
  })
})
