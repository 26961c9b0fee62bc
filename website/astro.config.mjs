// The documentation site: Starlight over the pages that scripts/pages.ts and scripts/api.ts write.

import starlight from '@astrojs/starlight'
import { defineConfig } from 'astro/config'
import linksValidator from 'starlight-links-validator'

const identityProviders = [
  'okta',
  'entra',
  'google',
  'onelogin',
  'ping',
  'jumpcloud',
  'auth0',
  'keycloak',
  'authentik',
  'rippling',
]

export default defineConfig({
  site: 'https://lockstep-scim.github.io',
  telemetry: false,
  integrations: [
    starlight({
      title: 'Lockstep',
      description: 'SCIM 2.0 provisioning for TypeScript: a service provider, a hub, and the tools around them',
      customCss: ['./src/styles/site.css'],
      social: [{ icon: 'github', label: 'GitHub', href: 'https://github.com/lockstep-scim/lockstep' }],
      lastUpdated: false,
      // Tables scroll sideways where they don't fit, so they can be reached by keyboard.
      head: [
        {
          tag: 'script',
          attrs: { type: 'module' },
          content: "for (const one of document.querySelectorAll('.sl-markdown-content table')) one.tabIndex = 0",
        },
      ],
      plugins: [linksValidator({ errorOnRelativeLinks: true })],
      sidebar: [
        { label: 'Start in five minutes', slug: 'start' },
        { label: 'Concepts', items: [{ autogenerate: { directory: 'concepts' } }] },
        { label: 'Embed', items: [{ autogenerate: { directory: 'embed' } }] },
        {
          label: 'Connect an identity provider',
          collapsed: true,
          items: identityProviders.map((name) => `connect/${name}`),
        },
        { label: 'The hub', collapsed: true, items: [{ autogenerate: { directory: 'hub' } }] },
        { label: 'Run it', items: [{ autogenerate: { directory: 'run' } }] },
        { label: 'Tools', items: [{ autogenerate: { directory: 'tools' } }] },
        { label: 'Reference', items: [{ autogenerate: { directory: 'reference' } }] },
        { label: 'API', collapsed: true, items: [{ autogenerate: { directory: 'api', collapsed: true } }] },
        { label: 'Proof', collapsed: true, items: [{ autogenerate: { directory: 'proof' } }] },
        { label: 'Inside', collapsed: true, items: [{ autogenerate: { directory: 'inside', collapsed: true } }] },
      ],
    }),
  ],
})
