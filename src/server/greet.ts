import { DEFAULT_TENANT, scimPath, type Tenancy } from '../tenancy/index.ts'

/** What a start prints: on the first one a way in, shown only once; later where things are. */
export async function greet(tenancy: Tenancy, url: string): Promise<string> {
  await tenancy.notePublicUrl(url)
  if (!(await tenancy.tenants.isFirstStart())) {
    return [
      `Lockstep is running at ${url}`,
      '',
      `  SCIM base URL   ${url}${scimPath('{tenant}')}`,
      '  New token       lockstep connection create TENANT',
      '  Tenants         lockstep tenant list',
      '',
      '',
    ].join('\n')
  }
  await tenancy.tenants.createDefault()
  const { token } = await tenancy.connections.create(DEFAULT_TENANT, { kind: 'generic', label: 'first start' })
  await tenancy.tenants.endFirstStart()
  const base = `${url}${scimPath(DEFAULT_TENANT)}`
  return [
    `Lockstep is running at ${url}`,
    '',
    `  SCIM base URL   ${base}`,
    `  Bearer token    ${token}`,
    '',
    'The token is shown this once and kept only as a hash. Try it:',
    '',
    `  curl -H 'Authorization: Bearer ${token}' '${base}/Users'`,
    '',
    '',
  ].join('\n')
}
