// Mantine as the strict policy allows it: no styles made at run time, no scroll locks, our sizes.

import { createTheme, Drawer, Modal, Select } from '@mantine/core'

/** The theme. Colours and sizes are CSS variables in `tokens.css`; here is only what is decided in code. */
export const THEME = createTheme({
  primaryColor: 'blue',
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    // Their lock of scrolling adds a style element; the page itself never scrolls.
    Modal: Modal.extend({
      defaultProps: { lockScroll: false, transitionProps: { duration: 0 }, overlayProps: { backgroundOpacity: 0.4 } },
    }),
    Drawer: Drawer.extend({ defaultProps: { lockScroll: false, transitionProps: { duration: 0 } } }),
    Select: Select.extend({ defaultProps: { allowDeselect: false } }),
    Menu: { defaultProps: { transitionProps: { duration: 0 } } },
    Popover: { defaultProps: { transitionProps: { duration: 0 } } },
    Tooltip: { defaultProps: { transitionProps: { duration: 0 }, withArrow: false, openDelay: 300 } },
    Button: { defaultProps: { size: 'xs' } },
    TextInput: { defaultProps: { size: 'xs' } },
    NumberInput: { defaultProps: { size: 'xs' } },
    PasswordInput: { defaultProps: { size: 'xs' } },
    Textarea: { defaultProps: { size: 'xs' } },
    Checkbox: { defaultProps: { size: 'xs' } },
    Switch: { defaultProps: { size: 'xs' } },
    SegmentedControl: { defaultProps: { size: 'xs', transitionDuration: 0 } },
    Tabs: { defaultProps: { keepMounted: false } },
  },
})
