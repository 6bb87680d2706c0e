# Reads a script with PowerShell's own parser, and runs none of it. Given: path.
# Answers { errors, commands, strings }: the commands that it holds, and the names that it would use.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$tokens = $null
$errors = $null
$tree = [System.Management.Automation.Language.Parser]::ParseFile($Given.path, [ref] $tokens, [ref] $errors)
$commands = $tree.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true)
$literals = $tree.FindAll({ $args[0] -is [System.Management.Automation.Language.StringConstantExpressionAst] }, $true)
@{
  errors = @($errors | ForEach-Object { "$($_.Extent.StartLineNumber): $($_.Message)" })
  commands = @($commands | ForEach-Object { [string] $_.GetCommandName() } | Select-Object -Unique)
  strings = @($literals | ForEach-Object { [regex]::Unescape($_.Value) } | Select-Object -Unique)
}
