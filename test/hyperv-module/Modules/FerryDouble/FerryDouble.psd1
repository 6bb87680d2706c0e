# The engine behind the doubles of Windows' modules; see ../../README.md.
@{
  RootModule = 'FerryDouble.psm1'
  ModuleVersion = '1.0'
  FunctionsToExport = @(
    'Invoke-Double', 'Complete-Double', 'Send-Double', 'Get-DoubleSource'
  )
  CmdletsToExport = @()
  AliasesToExport = @()
  VariablesToExport = @()
}
