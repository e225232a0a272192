#!/bin/sh
# solution.sh - prints a file of Python as a Solution whose run writes its output
#
# usage: solution.sh DEFINITION FILE [LANGUAGE]	(triton)
jq -n --rawfile text "$2" --arg definition "$1" --arg language "${3:-triton}" \
	'{name: $language, definition: $definition, author: "tests",
	  spec: {language: $language, target_hardware: ["cuda"],
	         entry_point: "main.py::run", dependencies: [],
	         destination_passing_style: true},
	  sources: [{path: "main.py", content: $text}]}'
