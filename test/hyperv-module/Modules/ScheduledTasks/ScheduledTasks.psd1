# What loads this module by itself when one of its commands is called; held against the data by a test.
@{
  RootModule = 'ScheduledTasks.psm1'
  ModuleVersion = '2.0.0.0'
  FunctionsToExport = @(
    'Disable-ScheduledTask'
    'Enable-ScheduledTask'
    'Get-ScheduledTask'
    'Get-ScheduledTaskInfo'
    'New-ScheduledTaskAction'
    'New-ScheduledTaskPrincipal'
    'New-ScheduledTaskSettingsSet'
    'New-ScheduledTaskTrigger'
    'Register-ScheduledTask'
    'Start-ScheduledTask'
    'Stop-ScheduledTask'
    'Unregister-ScheduledTask'
  )
  CmdletsToExport = @()
  AliasesToExport = @()
  VariablesToExport = @()
}
