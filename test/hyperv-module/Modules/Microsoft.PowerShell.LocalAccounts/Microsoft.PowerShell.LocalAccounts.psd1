# What loads this module by itself when one of its commands is called; held against the data by a test.
@{
  RootModule = 'Microsoft.PowerShell.LocalAccounts.psm1'
  ModuleVersion = '2.0.0.0'
  FunctionsToExport = @(
    'Add-LocalGroupMember'
    'Get-LocalUser'
    'New-LocalUser'
    'Remove-LocalGroupMember'
    'Remove-LocalUser'
  )
  CmdletsToExport = @()
  AliasesToExport = @()
  VariablesToExport = @()
}
