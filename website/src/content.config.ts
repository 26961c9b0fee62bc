// The one collection of the site: its pages.

import { defineCollection } from 'astro:content'
import { docsLoader } from '@astrojs/starlight/loaders'
import { docsSchema } from '@astrojs/starlight/schema'

/** What Astro reads: the pages, from `src/content/docs`. */
export const collections = { docs: defineCollection({ loader: docsLoader(), schema: docsSchema() }) }
