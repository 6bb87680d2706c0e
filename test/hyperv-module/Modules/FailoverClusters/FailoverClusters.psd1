# What loads this module by itself when one of its commands is called; held against the data by a test.
@{
  RootModule = 'FailoverClusters.psm1'
  ModuleVersion = '2.0.0.0'
  FunctionsToExport = @(
    'Add-ClusterVirtualMachineRole'
    'Get-Cluster'
    'Get-ClusterGroup'
    'Get-ClusterNetwork'
    'Get-ClusterNetworkInterface'
    'Get-ClusterNode'
    'Get-ClusterOwnerNode'
    'Get-ClusterParameter'
    'Get-ClusterResource'
    'Get-ClusterResourceType'
    'Get-ClusterSharedVolume'
    'Move-ClusterVirtualMachineRole'
    'Remove-ClusterGroup'
  )
  CmdletsToExport = @()
  AliasesToExport = @()
  VariablesToExport = @()
}
