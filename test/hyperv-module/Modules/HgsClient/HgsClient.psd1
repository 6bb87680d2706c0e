# What loads this module by itself when one of its commands is called; held against the data by a test.
@{
  RootModule = 'HgsClient.psm1'
  ModuleVersion = '2.0.0.0'
  FunctionsToExport = @(
    'ConvertTo-HgsKeyProtector'
    'Get-HgsGuardian'
  )
  CmdletsToExport = @()
  AliasesToExport = @()
  VariablesToExport = @()
}
