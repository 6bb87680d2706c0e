# The engine behind the doubles of Windows' modules; see ../../README.md.
@{
  RootModule = 'FerryDouble.psm1'
  ModuleVersion = '1.0'
  TypesToProcess = @('FerryDouble.types.ps1xml')
  FunctionsToExport = @(
    'Invoke-Double', 'Complete-Double', 'Send-Double', 'Get-DoubleSource'
  )
  CmdletsToExport = @()
  AliasesToExport = @()
  VariablesToExport = @()
}
