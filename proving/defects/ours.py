"""An organisation's own planted defects: numbers from 101 on; docs/extend.md shows one."""
