/** The script of the pages that `assay view` serves. */
document.documentElement.dataset['script'] = 'on'
