// Starts one PostgreSQL server for the test project `postgres`.

import type { TestProject } from 'vitest/node'
import { postgresStore } from '../src/store/postgres/postgres.ts'
import { startPostgres } from './postgres.ts'

/** One server for all tests of the project `postgres`; each makes databases of its own there. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres({ settings: ['max_connections=400'] })
  await server.admin('create database lockstep_template')
  await (await postgresStore({ url: server.url('lockstep_template'), listen: false })).close()
  project.provide('postgres', server.url())
  return server.stop
}
