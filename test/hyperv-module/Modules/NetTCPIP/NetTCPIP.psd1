# What loads this module by itself when one of its commands is called; held against the data by a test.
@{
  RootModule = 'NetTCPIP.psm1'
  ModuleVersion = '2.0.0.0'
  FunctionsToExport = @(
    'Get-NetIPAddress'
    'Get-NetIPConfiguration'
    'Get-NetIPInterface'
    'Get-NetRoute'
    'Get-NetTCPConnection'
    'Test-NetConnection'
  )
  CmdletsToExport = @()
  AliasesToExport = @()
  VariablesToExport = @()
}
