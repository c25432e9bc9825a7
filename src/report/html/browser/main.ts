/** The script of report.html. */
import { drawCharts } from './charts/charts.ts'
import { showRows } from './rows/rows.ts'

// First the rows, so that a chart that fails does not take them along.
void showRows()
drawCharts(document)
