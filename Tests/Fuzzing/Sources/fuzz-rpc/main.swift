import FuzzDriver

FuzzDriver.run(RPCProperties.violation)
