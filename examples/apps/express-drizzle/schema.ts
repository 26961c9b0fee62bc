// The tables that the app had before SCIM: customers, their people, and who is signed in.

import { boolean, integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'

export const customers = pgTable('customers', { id: text().primaryKey(), seats: integer().notNull() })

export const users = pgTable('users', {
  id: text().primaryKey(),
  customer: text().notNull(),
  email: text().notNull(),
  emailVerified: boolean('email_verified').notNull().default(false),
  name: text().notNull(),
  role: text({ enum: ['owner', 'editor', 'viewer'] })
    .notNull()
    .default('viewer'),
  disabled: boolean().notNull().default(false),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
})

export const sessions = pgTable('sessions', { token: uuid().primaryKey().defaultRandom(), user: text().notNull() })
