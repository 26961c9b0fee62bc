// Starts the console in the browser.

import './scheme.ts'
import './styles.ts'
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { queryClient } from './api/use-api.ts'
import { router } from './routes.tsx'
import { SCHEME_KEY } from './scheme.ts'
import { THEME } from './theme.ts'
import { startWords } from './words/words.ts'

const scheme = localStorageColorSchemeManager({ key: SCHEME_KEY })
const place = document.getElementById('root')
if (place === null) throw new Error('index.html has no place for the console')

await startWords()
createRoot(place).render(
  <StrictMode>
    <MantineProvider
      theme={THEME}
      defaultColorScheme="auto"
      colorSchemeManager={scheme}
      // Both would be style elements; tokens.css says the same.
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <QueryClientProvider client={queryClient}>
        <Suspense>
          <RouterProvider router={router} />
        </Suspense>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)
