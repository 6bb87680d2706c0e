# The double of ScheduledTasks: its commands are made from ../../cmdlets/ScheduledTasks/*.json.
Import-Module "$PSScriptRoot/../FerryDouble/FerryDouble.psd1"
. (Get-DoubleSource 'ScheduledTasks')
