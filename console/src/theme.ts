// Mantine as the strict policy allows it: no styles made at run time, no scroll locks, our sizes.

import { createTheme } from '@mantine/core'

const still = { transitionProps: { duration: 0 } }
const small = { defaultProps: { size: 'xs' } }

/**
 * The theme. Colours and sizes are CSS variables in `tokens.css`; here is only what is decided in code. Components are named, not imported: a
 * page loads those that it uses.
 */
export const THEME = createTheme({
  primaryColor: 'blue',
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    // Their lock of scrolling adds a style element; the page itself never scrolls.
    ModalRoot: { defaultProps: { lockScroll: false, ...still } },
    Modal: { defaultProps: { lockScroll: false, ...still } },
    DrawerRoot: { defaultProps: { lockScroll: false, ...still } },
    Drawer: { defaultProps: { lockScroll: false, ...still } },
    Menu: { defaultProps: still },
    Popover: { defaultProps: still },
    Combobox: { defaultProps: still },
    Tooltip: { defaultProps: { ...still, openDelay: 300 } },
    Select: { defaultProps: { allowDeselect: false, size: 'xs', comboboxProps: still } },
    MultiSelect: { defaultProps: { size: 'xs', comboboxProps: still } },
    Autocomplete: { defaultProps: { size: 'xs', comboboxProps: still } },
    SegmentedControl: { defaultProps: { size: 'xs', transitionDuration: 0 } },
    Tabs: { defaultProps: { keepMounted: false } },
    Button: small,
    TextInput: small,
    NumberInput: small,
    PasswordInput: small,
    Textarea: small,
    Checkbox: small,
    Radio: small,
    Switch: small,
    TagsInput: small,
    FileInput: small,
  },
})
