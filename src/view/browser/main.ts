/** The script of the pages that `assay view` serves. */
import './style.css'

document.documentElement.dataset['script'] = 'on'
