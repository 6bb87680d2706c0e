# What loads this module by itself when one of its commands is called; held against the data by a test.
@{
  RootModule = 'CimCmdlets.psm1'
  ModuleVersion = '2.0.0.0'
  FunctionsToExport = @(
    'Get-CimAssociatedInstance'
    'Get-CimInstance'
    'Invoke-CimMethod'
    'New-CimInstance'
    'New-CimSession'
    'Remove-CimSession'
  )
  CmdletsToExport = @()
  AliasesToExport = @()
  VariablesToExport = @()
}
