# What loads this module by itself when one of its commands is called; held against the data by a test.
@{
  RootModule = 'NetSecurity.psm1'
  ModuleVersion = '2.0.0.0'
  FunctionsToExport = @(
    'Get-NetFirewallProfile'
    'Get-NetFirewallRule'
    'New-NetFirewallRule'
    'Remove-NetFirewallRule'
    'Set-NetFirewallRule'
  )
  CmdletsToExport = @()
  AliasesToExport = @()
  VariablesToExport = @()
}
