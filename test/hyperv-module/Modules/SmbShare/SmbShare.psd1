# What loads this module by itself when one of its commands is called; held against the data by a test.
@{
  RootModule = 'SmbShare.psm1'
  ModuleVersion = '2.0.0.0'
  FunctionsToExport = @(
    'Get-SmbClientConfiguration'
    'Get-SmbClientNetworkInterface'
    'Get-SmbConnection'
    'Get-SmbMultichannelConnection'
    'Get-SmbMultichannelConstraint'
    'Get-SmbServerConfiguration'
    'Get-SmbServerNetworkInterface'
    'Get-SmbShare'
    'Get-SmbShareAccess'
  )
  CmdletsToExport = @()
  AliasesToExport = @()
  VariablesToExport = @()
}
