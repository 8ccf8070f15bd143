import FuzzDriver

FuzzDriver.run(CBORProperties.violation)
