// Lets a customer's administrator connect an identity provider alone: a link, and a page of the app's own looks.

import express from 'express'
import { lockstep } from 'lockstep'
import { setupPage } from 'lockstep/setup'
import { sqliteStore } from 'lockstep/sqlite'

/** An app with SCIM and the setup page. */
export function createApp(file: string) {
  const scim = lockstep({ store: () => sqliteStore(file), url: 'https://app.example/t/:tenant/scim/v2' })
  const setup = setupPage(scim, {
    url: 'https://app.example/setup',
    page: { name: 'Acme App', colour: '#1f4fd8', support: 'help@app.example' },
  })
  const app = express()
  app.use(scim.express())
  app.use(setup.express())
  /** What an administrator of the app does for a customer: the link goes by mail, the code by telephone. */
  const invite = (tenant: string) =>
    setup.links(tenant, 'ada').create({ kinds: ['entra', 'okta'], code: true, days: 14 })
  return { app, scim, setup, invite }
}
